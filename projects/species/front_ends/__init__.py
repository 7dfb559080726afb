"""Front ends by name."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from projects.species.front_ends.ast_fbank import AstFbank
from projects.species.front_ends.front_end import FrontEnd
from projects.species.front_ends.log_mel import LogMel

AnyFrontEnd = Annotated[LogMel | AstFbank, Field(discriminator="kind")]
FrontEndName = Literal["log_mel", "ast_fbank"]


def front_end_from_settings(settings: object) -> FrontEnd:
    """Rebuilds the front end whose `model_dump()` gave `settings`."""
    return TypeAdapter(AnyFrontEnd).validate_python(settings)


__all__ = ["AnyFrontEnd", "FrontEnd", "FrontEndName", "front_end_from_settings"]
