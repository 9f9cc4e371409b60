"""One function per write of what is written from the plan."""
