"""What the description promises: an example everywhere, nothing unknown accepted."""

import httpx


async def test_every_field_and_parameter_has_an_example(client: httpx.AsyncClient) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    schemas = described["components"]["schemas"]
    bare = [
        (name, field)
        for name, schema in schemas.items()
        for field, one in schema.get("properties", {}).items()
        if "$ref" not in one and not one.get("examples")
    ]
    parameters = [
        (path, one["name"])
        for path, item in described["paths"].items()
        for operation in item.values()
        for one in operation.get("parameters", [])
        if "example" not in one and not one.get("examples")
    ]
    assert (bare, parameters) == ([], [])


async def test_bodies_refuse_unknown_fields(client: httpx.AsyncClient) -> None:
    schemas = (await client.get("/schema/openapi.json")).json()["components"]["schemas"]
    bodies = [name for name in schemas if name.endswith("In") or name == "SearchBody"]
    assert bodies
    assert all(schemas[name]["additionalProperties"] is False for name in bodies)
