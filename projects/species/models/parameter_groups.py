"""The parameters that learn at the backbone's rate, and those that learn at the head's."""

from torch.nn import Parameter
from transformers import PreTrainedModel


def parameter_groups(model: PreTrainedModel) -> tuple[list[Parameter], list[Parameter]]:
    """Splits the parameters into those of the backbone and those of the classification head.

    Args:
        model: Its head is its `classifier`.
    """
    head = list(model.classifier.parameters())
    of_head = set(map(id, head))
    return [each for each in model.parameters() if id(each) not in of_head], head
