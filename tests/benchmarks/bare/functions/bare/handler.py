"""The least that a function of this kind can be: FastAPI, Mangum, pynamodb and one read."""

import os

from fastapi import FastAPI
from mangum import Mangum
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model


class Item(Model):
    class Meta:
        table_name = os.environ["PARLEY_USERS_TABLE"]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


app = FastAPI()


@app.get("/")
def read() -> dict[str, bool]:
    try:
        Item.get("NOBODY", "NOTHING", consistent_read=True)
    except Item.DoesNotExist:
        return {"found": False}
    return {"found": True}


handler = Mangum(app, lifespan="off")
