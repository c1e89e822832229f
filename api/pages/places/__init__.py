"""The catalogue for staff: finding places, one place with its openings, writing an opening."""
