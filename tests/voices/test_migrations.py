"""A new version's migrations run while the version before still serves."""

import pytest
from django.core.management import call_command
from django.db.migrations import AddField
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

UNSERVED = 9  # no version served while these and older ones ran


def test_the_version_before_can_write_rows_without_the_new_columns():
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app != "voices" or int(name[:4]) <= UNSERVED:
            continue
        for operation in migration.operations:
            if isinstance(operation, AddField):
                field = operation.field
                optional = field.null or field.many_to_many or field.db_default is not NOT_PROVIDED
                assert optional, f"{name}: {operation.model_name}.{operation.name}"


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
