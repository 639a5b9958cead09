"""Prepared statements belong to a connection, and a lock to a transaction."""

import pytest
from django.db import connection
from django.db.transaction import TransactionManagementError, atomic

from departments.models import Staff
from departments.prepared import Prepared

BY_NUMBER = Prepared(lambda pk: Staff.objects.filter(pk=pk), pk=int)


def test_a_new_connection_reads_the_statement_again(own_database):
    assert BY_NUMBER(pk=0) == []
    connection.close()
    assert BY_NUMBER(pk=0) == []


def test_no_lock_without_a_transaction(own_database):
    lock = Prepared(lambda pk: Staff.objects.select_for_update().filter(pk=pk), pk=int)
    with atomic():
        assert lock(pk=0) == []
    with pytest.raises(TransactionManagementError):
        lock(pk=0)
