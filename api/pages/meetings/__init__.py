"""会議: what is planned and due, one sitting, its items, its paper."""
