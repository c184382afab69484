-- Makes postgres-vectors.json: what PostgreSQL 15 with hll 2.17 (Debian's postgresql-15-hll) makes of the integers from
-- "start" on. `hex` are the bytes of hll_send where they are at most 1300; `md5` and `length` are of all. A cardinality
-- is null where hll_cardinality gives NaN, as it does of many values at regwidth 6.
create extension if not exists hll;
select hll_set_output_version(1);
create temp table cases(log2m int, regwidth int, expthresh bigint, sparseon int, start bigint, count int);
insert into cases values
 (11,5,-1,1,0,0),(11,5,-1,1,0,1),(11,5,-1,1,-3,7),(11,5,-1,1,0,160),(11,5,-1,1,0,161),(11,5,-1,1,0,5000),
 (11,5,0,1,0,1),(11,5,0,1,100,400),(11,5,0,1,0,752),(11,5,0,1,0,760),(11,5,0,0,0,5),
 (11,5,4,1,0,4),(11,5,4,1,0,5),(11,5,64,0,0,64),(11,5,64,0,0,65),
 (10,6,-1,1,0,96),(10,6,-1,1,0,97),(10,6,1024,1,0,1024),(12,6,-1,1,0,30000),(12,5,-1,1,1000000,1000),(12,7,0,1,0,40),
 (13,5,0,1,0,9),(14,5,-1,1,0,3000),(14,6,-1,1,0,200000),(15,7,0,1,5,3),(16,5,0,1,0,77),(16,6,-1,0,0,7000),(11,5,0,1,0,778),(11,5,0,1,0,783),(11,5,0,1,0,788),(11,5,0,1,0,793),(11,5,0,1,0,800),(10,5,-1,1,0,5000000);
select json_agg(r) from (
 select c.*, encode(hll_send(case when c.count = 0 then hll_empty(log2m,regwidth,expthresh,sparseon) else (select hll_add_agg(hll_hash_bigint(i), log2m, regwidth, expthresh, sparseon) from generate_series(c.start, c.start + c.count - 1) i) end), 'hex') hex,
  case when c.count = 0 then 0 else hll_cardinality((select hll_add_agg(hll_hash_bigint(i), log2m, regwidth, expthresh, sparseon) from generate_series(c.start, c.start + c.count - 1) i)) end cardinality
 from cases c) r;
