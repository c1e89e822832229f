"""Pages: routes that answer with HTML, and the values that their templates receive."""
