"""The books on screen: what each account holds, months to close, what is checked."""
