"""People and situations of an account: guided forms, each with its consequences shown first."""
