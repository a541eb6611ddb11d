from functions.tools import routes
from parley.bootstrap import authenticator, tools
from parley.http.app import create_app
from parley_streaming.adapter import StreamingMangum

app = create_app(routes.router, authenticator=authenticator(), tools=tools())
handler = StreamingMangum(app, lifespan="off")
