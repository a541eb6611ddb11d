from functions.tools import routes
from parley.bootstrap import authenticator, settings, tools
from parley.http.app import create_app
from parley_streaming.adapter import StreamingMangum

app = create_app(routes.router, cors=settings().cors, authenticator=authenticator(), tools=tools())
handler = StreamingMangum(app, lifespan="off")
