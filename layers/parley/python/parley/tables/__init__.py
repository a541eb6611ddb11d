"""DynamoDB: items, keys and repositories. Items never leave this package."""
