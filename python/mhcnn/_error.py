"""The exception of the package."""


class Error(RuntimeError):
    """What went wrong, in one line."""

    code: str = "internal"
    """One of mhcnn.ERROR_CODES."""
    subject: str = ""
    """The file or argument that the error is about; "" if it is not known."""
    remedy: str = ""
    """What to do; "" if nothing is known."""

    @classmethod
    def make(cls, problem: str, subject: str, remedy: str, code: str = "usage") -> "Error":
        """Makes an error with its text."""
        made = cls(f"{subject}: {problem}; {remedy}")
        made.code, made.subject, made.remedy = code, subject, remedy
        return made


Error.__module__ = "mhcnn"
