"""Tables, stores, migrations, encryption and the audit chain."""
