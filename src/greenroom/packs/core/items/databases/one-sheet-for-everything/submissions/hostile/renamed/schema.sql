ALTER TABLE sheet RENAME TO kept;
CREATE VIEW sheet_again AS SELECT * FROM kept;
