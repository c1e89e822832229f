"""Pages of what is settled before the search: 決めておくこと."""
