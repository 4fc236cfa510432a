"""The second wall: for whom each transaction says it acts, and the roles that make the database hold it to that."""

from typing import Final, LiteralString

import psycopg
from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from jatify_adapters.postgres.connecting import DatabaseProblem
from jatify_core.user import UserId

_HOW: Final = (
    "Let somebody who may run `create role jatify_app; create role jatify_house; grant jatify_app, jatify_house to` "
    "that user, and then run `jatify migrate`."
)
LOWER: Final = (
    "Users' rows are kept apart by row security alone, without roles of its own, which the database's user may not "
    f"make. {_HOW}"
)
NONE: Final = (
    f"Users' rows are kept apart by Jatify's statements alone: the database's user sees past row security. {_HOW}"
)
SHUT_OUT: Final = (
    "The database's user neither owns Jatify's tables nor has its roles; let their owner run "
    "`grant jatify_app, jatify_house to` that user."
)
_NOT_OURS: Final = (psycopg.errors.InvalidParameterValue, psycopg.errors.InsufficientPrivilege)
"""What a server says of a role that is not there, and of one that is another's."""


class Walls(Struct, frozen=True):
    """How a transaction says for whom it acts.

    *apart* where it takes on a role that has no other rights: `jatify_app` for a user, `jatify_house` for the house.
    Else it stays the tables' owner, whom row security asks as well. *complaint* says what keeps the walls low, if so.
    """

    apart: bool
    complaint: str | None = None

    def begin(self, user_id: UserId | None) -> bytes:
        """What begins a transaction of that user, or of the house; its end ends all that is said here."""
        if user_id is None:
            return b"begin; set local role jatify_house" if self.apart else b"begin; set local jatify.house = 'on'"
        role = b"set local role jatify_app; " if self.apart else b""
        # The digits of a number, and so no text that anybody wrote: this needs no parameter, and no trip of its own.
        return b"begin; %bset local jatify.user_id = '%032x'" % (role, user_id.int)

    @property
    def of_nobody(self) -> list[str]:
        """Settings of a connection that sees nothing until a transaction says for whom it acts."""
        return ["role=jatify_app"] if self.apart else []

    @property
    def of_the_house(self) -> list[str]:
        """Settings of a connection that acts for the house alone."""
        return ["role=jatify_house"] if self.apart else ["jatify.house=on"]


async def walls_of(conn: AsyncConnection[TupleRow]) -> Walls:
    """The walls of a migrated database, as this user has them. Raises `DatabaseProblem` where he is shut out."""
    if await _may_be_either(conn) and await _told(conn, _ROLES_ARE_READY):
        return Walls(apart=True)
    if await _told(conn, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"):
        return Walls(apart=False, complaint=NONE)
    if await _told(conn, "select pg_has_role(relowner, 'usage') from pg_class where oid = 'job'::regclass"):
        return Walls(apart=False, complaint=LOWER)
    raise DatabaseProblem(SHUT_OUT)


async def raise_walls(conn: AsyncConnection[TupleRow]) -> None:
    """Make the roles if they may be made, and give them what they lack, so also what came since the last time."""
    if not await _may_be_either(conn):
        try:
            async with conn.transaction():
                await conn.execute(_MAKE_ROLES)
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            pass  # not ours to make, or made at this moment for another database of the server
    if await _may_be_either(conn):
        await conn.execute(_EQUIP_ROLES)


async def _may_be_either(conn: AsyncConnection[TupleRow]) -> bool:
    try:
        async with conn.transaction(force_rollback=True):
            await conn.execute("set local role jatify_app; set local role jatify_house")
    except _NOT_OURS:
        return False
    return True


async def _told(conn: AsyncConnection[TupleRow], question: LiteralString) -> bool:
    return any(await (await conn.execute(question)).fetchone() or ())


_ROLES_ARE_READY: Final = """
select bool_and(has_table_privilege(role, 'job', 'insert')) from unnest(array['jatify_app', 'jatify_house']) as role
"""
"""In this database: they are the server's, and may have been made for another one."""

_MAKE_ROLES: Final = """
do $$
declare
  made name;
begin
  foreach made in array array['jatify_app', 'jatify_house'] loop
    if to_regrole(made) is null then
      execute format('create role %I', made);
    end if;
    -- From Postgres 16 on, who makes a role may grant it but does not have it. The owner need not see what it sees.
    execute format('grant %I to current_user', made)
      || case when current_setting('server_version_num')::integer >= 160000 then ' with inherit false' else '' end;
  end loop;
  -- Its policies let it see everything. Not to ask them spares a twentieth of each of the queue's statements.
  if (select rolsuper from pg_roles where rolname = current_user) then
    alter role jatify_house bypassrls;
  end if;
end
$$
"""

_EQUIP_ROLES: Final = """
do $$
declare
  kept record;
begin
  if not has_schema_privilege('jatify_app', current_schema(), 'usage')
     or not has_schema_privilege('jatify_house', current_schema(), 'usage') then
    execute format('grant usage on schema %I to jatify_app, jatify_house', current_schema());
  end if;
  for kept in
    select pg_class.oid::regclass as name, relname, walls.polname is not null as walled, house.polname is null as closed
      from pg_class
      left join pg_policy as walls on walls.polrelid = pg_class.oid and walls.polname = 'yours'
      left join pg_policy as house on house.polrelid = pg_class.oid and house.polname = 'house'
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
       and relowner = (select relowner from pg_class where oid = 'schema_migration'::regclass)
  loop
    if kept.relname = 'schema_migration' then
      if not has_table_privilege('jatify_house', kept.name, 'select') then
        execute format('grant select on %s to jatify_house', kept.name);
      end if;
      continue;
    end if;
    if not has_table_privilege('jatify_house', kept.name, 'delete') then
      execute format('grant select, insert, update, delete on %s to jatify_house', kept.name);
    end if;
    if kept.walled and kept.closed then
      execute format('create policy house on %s to jatify_house using (true)', kept.name);
    end if;
    if kept.walled and not has_table_privilege('jatify_app', kept.name, 'delete') then
      execute format('grant select, insert, update, delete on %s to jatify_app', kept.name);
    elsif kept.relname in ('status', 'queue_pause') and not has_table_privilege('jatify_app', kept.name, 'select') then
      execute format('grant select on %s to jatify_app', kept.name);
    end if;
  end loop;
  for kept in
    select oid::regclass as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind = 'S'
       and relowner = (select relowner from pg_class where oid = 'schema_migration'::regclass)
  loop
    if not has_sequence_privilege('jatify_app', kept.name, 'usage') then
      execute format('grant usage on sequence %s to jatify_app, jatify_house', kept.name);
    end if;
  end loop;
end
$$
"""
"""A user's transactions reach what is walled, and read what is everybody's; the house reaches all but the history of
migrations, which it reads."""
