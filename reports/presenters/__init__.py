"""What the pages of reviews show, formatted."""
