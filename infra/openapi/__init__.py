"""The OpenAPI document of the whole REST API, put together from the topology and all functions' routers."""
