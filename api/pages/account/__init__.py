"""自分の設定: one's own password, second factor and sessions."""
