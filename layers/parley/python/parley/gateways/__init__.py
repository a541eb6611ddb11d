"""Services beside the tables: sockets, queues, keys and guarded HTTP."""
