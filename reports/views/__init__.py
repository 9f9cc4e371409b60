"""Pages and files of what is written from the plan."""
