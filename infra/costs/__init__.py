"""What the product costs at AWS, out of the topology, measured consumption and list prices: `make costs`."""
