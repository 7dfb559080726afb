"""Label names as a network's configuration keeps them."""

from typing import TypedDict

from projects.errors import UserError


class LabelNames(TypedDict):
    """Label by index and index by label, as transformers' configurations take them."""

    id2label: dict[int, str]
    label2id: dict[str, int]


def label_names(labels: list[str]) -> LabelNames:
    """Names of a network's logits.

    Args:
        labels: In the order of the logits.

    Raises:
        UserError: There are fewer than two, or one stands twice.
    """
    if len(labels) < 2 or len(set(labels)) < len(labels):
        raise UserError(
            f"network: expected at least 2 labels, each once, got {len(labels)} with "
            f"{len(set(labels))} different; correct the labels"
        )
    return {
        "id2label": dict(enumerate(labels)),
        "label2id": {label: index for index, label in enumerate(labels)},
    }
