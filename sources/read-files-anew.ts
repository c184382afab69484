/**
 * DuckDB keeps blocks of the files that it has read, by path and time of change. A file that is replaced within one
 * tick of the clock is then read as a mixture of the old and the new.
 */
export const READ_FILES_ANEW = 'SET enable_external_file_cache = false';
