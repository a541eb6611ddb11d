"""People whose clients hang up, repeat, stop, replay and ask anew while workers are killed under them."""
