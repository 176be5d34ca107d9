SELECT patient, max(id), max(day), NULL
FROM visits AS one
WHERE NOT EXISTS (SELECT 1 FROM visits AS other WHERE other.patient = one.patient AND other.day > one.day)
GROUP BY patient
ORDER BY patient;
