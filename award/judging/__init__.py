"""Score sheets, and the text of the feedback report."""
