from mangum import Mangum

from functions.service import routes
from parley.bootstrap import settings
from parley.http.app import create_app

handler = Mangum(create_app(routes.router, cors=settings().cors, stage=settings().stage), lifespan="off")
