"""職員の一覧: who may sign in, as what."""
