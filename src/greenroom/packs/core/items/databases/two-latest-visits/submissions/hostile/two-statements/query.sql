DELETE FROM visits;
SELECT patient, id, day, NULL FROM visits;
