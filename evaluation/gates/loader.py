"""The YAML of gates: safe, without doubled keys, and a superset of JSON."""

import re
from typing import Any

import yaml


class GateLoader(yaml.SafeLoader):
    """Refuses a key given twice, where YAML would silently drop the first, limit and all.

    It also reads JSON as JSON means it, in the two places where PyYAML does not.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Returns the mapping; a key given twice is a ConstructorError."""
        keys = [key.value for key, _ in node.value]
        repeated = {key for key in keys if keys.count(key) > 1}
        if repeated:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {min(repeated)!r} given twice", node.start_mark
            )
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        """Returns the text; JSON escapes a letter above U+FFFF as two halves, joined here."""
        text = super().construct_scalar(node)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


# A number such as 1e-05 is a float in JSON and YAML 1.2; PyYAML would take it for text.
GateLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d+$"),
    list("-+0123456789"),
)
