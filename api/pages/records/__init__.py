"""Pages about the keeping of a person's records: telling, correcting, handing out, deleting."""
