"""The one error that a user is meant to read."""


class UserError(Exception):
    """A mistake that the user can mend.

    Its message is one line: what was expected, what came, what to do. Entry points print it
    without a traceback and exit with `exit_code`.

    Attributes:
        exit_code: 2 where the request itself was wrong, 1 where it was understood and failed.
    """

    exit_code = 2
