"""The one error a user may read: a stable code for programs, a French sentence for people."""


class DomainError(Exception):
    """Something the user asked cannot be done; nothing was written.

    `code` is stable and machine-readable, `message_fr` says what happened, what was not done, what to do.
    """

    def __init__(self, code: str, message_fr: str) -> None:
        super().__init__(message_fr)
        self.code = code
        self.message_fr = message_fr
