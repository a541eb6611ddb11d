"""What a model may call: plain typed functions and the registry that describes and runs them."""
