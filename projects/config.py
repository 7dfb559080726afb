"""Every entry point's configuration: one frozen, validated model, filled from the command line."""

import argparse
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from projects.errors import UserError


def parted(names: object) -> object:
    """Names with commas between as a list of them; what is no text stays."""
    if isinstance(names, str):
        return [name.strip() for name in names.split(",") if name.strip()]
    return names or ()


Names = Annotated[tuple[str, ...], BeforeValidator(parted)]
"""A field of several names, on the command line with commas between."""


class Config(BaseModel):
    """Base of every entry point's configuration.

    A subclass's fields are its command-line options, `--name value`, and its parameters in
    MLproject. An empty value means "not given" for a field that may be None.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False
    )

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> Self:
        """Reads `--name value` pairs.

        Args:
            arguments: What stood behind the program's name.

        Returns:
            The validated configuration.

        Raises:
            UserError: An unknown option, or a value out of its type or range; one line.
        """
        return cls.validated(_read_options(cls, arguments))

    @classmethod
    def validated(cls, values: dict[str, Any]) -> Self:
        """Builds the configuration from values by name.

        Raises:
            UserError: Naming each field that is unknown or wrong, and what came.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise UserError("; ".join(_describe(problem) for problem in error.errors())) from None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(message)


def _read_options(config: type[Config], arguments: Sequence[str]) -> dict[str, str | None]:
    parser = _Parser(prog=config.__module__, description=config.__doc__, allow_abbrev=False)
    for name, field in config.model_fields.items():
        parser.add_argument(f"--{name}", default=argparse.SUPPRESS, metavar="", help=_help(field))
    known, unknown = parser.parse_known_args(arguments)
    if unknown:
        raise UserError(
            f"unknown parameter {unknown[0]!r}: expected one of {', '.join(config.model_fields)}"
        )
    return {name: value if value != "" else None for name, value in vars(known).items()}


def _help(field: FieldInfo) -> str:
    default = "required" if field.is_required() else f"default: {field.default}"
    return f"{field.description or ''} ({default})".replace("%", "%%")


def _describe(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"]) or "configuration"
    if problem["type"] == "extra_forbidden":
        return f"unknown parameter {where!r}"
    if problem["type"] == "missing":
        return f"{where}: expected a value, got none"
    message = problem["msg"]
    for prefix in ("Value error, ", "Input should be ", "Input is not "):
        message = message.removeprefix(prefix)
    came = "nothing" if problem["input"] is None else repr(problem["input"])
    return f"{where}: expected {message}, got {came}"
