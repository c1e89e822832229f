"""From asking a host to taking part: 打診 and 参加."""
