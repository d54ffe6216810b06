"""The written arithmetic of a step: the sheet, and what stands on it. None of it knows the session."""
