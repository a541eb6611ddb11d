from mangum import Mangum

from functions.service import routes
from parley.bootstrap import settings
from parley.http.app import create_app

app = create_app(
    routes.router, cors=settings().cors, stage=settings().stage, openapi_file=settings().openapi_file
)
handler = Mangum(app, lifespan="off")
