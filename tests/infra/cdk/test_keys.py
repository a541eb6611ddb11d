"""Every key of the topology is deployed as described, and no other: each costs money while nobody talks."""

import pytest

from infra import topology
from tests.infra.cdk.synthesis import Resource, Synthesis

pytestmark = pytest.mark.infra

KEYS = pytest.mark.parametrize("key", topology.KEYS, ids=lambda key: key.name)


def test_the_keys_are_those_of_the_topology(dev: Synthesis) -> None:
    assert sorted(dev.key_names.values()) == sorted(key.name for key in topology.KEYS)
    assert set(dev.resources("AWS::KMS::Key")) == set(dev.key_names)


@KEYS
def test_a_key_is_symmetric_rotates_and_bears_an_alias_of_its_stack(
    dev: Synthesis, prod: Synthesis, key: topology.Key
) -> None:
    for synthesis in (dev, prod):
        properties = _deployed(synthesis, key)["Properties"]
        assert properties["EnableKeyRotation"] is True
        assert "KeySpec" not in properties
        aliases = [
            alias["AliasName"]
            for alias in synthesis.properties("AWS::KMS::Alias")
            if synthesis.key_names[alias["TargetKeyId"]["Fn::GetAtt"][0]] == key.name
        ]
        (alias,) = aliases
        assert alias.startswith(f"alias/parley-{key.name}-")


@KEYS
def test_production_keeps_a_key_and_a_stage_for_trying_out_does_not(
    dev: Synthesis, prod: Synthesis, key: topology.Key
) -> None:
    assert _deployed(prod, key)["DeletionPolicy"] == "Retain"
    assert _deployed(dev, key)["DeletionPolicy"] == "Delete"


def test_a_key_is_used_with_exactly_its_encryption_context(dev: Synthesis) -> None:
    statements = [
        statement
        for policy in dev.properties("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "kms:" in str(statement["Action"])
    ]

    assert len(statements) == sum(len(function.keys) for function in topology.FUNCTIONS)
    for statement in statements:
        key = topology.key_named(dev.key_names[statement["Resource"]["Fn::GetAtt"][0]])
        assert statement["Condition"] == {
            "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": list(key.context)},
            "Null": {f"kms:EncryptionContext:{name}": "false" for name in key.context},
        }


def _deployed(synthesis: Synthesis, key: topology.Key) -> Resource:
    [found] = [name for name, known_as in synthesis.key_names.items() if known_as == key.name]
    return synthesis.resources("AWS::KMS::Key")[found]
