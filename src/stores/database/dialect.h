// Where SQL differs between the adapters: table definitions, and nothing else.
//
// Migrations are written for PostgreSQL, keywords in capitals, with the types BIGINT, INTEGER,
// SMALLINT, DOUBLE PRECISION and TEXT, and with two idioms that each adapter reads its own way:
//
//   id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY   ascending numbers, never used again
//   CREATE TABLE follows (..., PRIMARY KEY (a, b)) /*clustered*/
//                                                        rows lie in the order of the primary key
#pragma once

#include <string>
#include <string_view>

namespace freshet::stores {

// The statement in SQLite's words. Tables become STRICT, so that their columns hold to their types
// as PostgreSQL's do. Statements other than CREATE TABLE and ALTER TABLE stay as they are.
std::string ToSqlite(std::string_view statement);

}  // namespace freshet::stores
