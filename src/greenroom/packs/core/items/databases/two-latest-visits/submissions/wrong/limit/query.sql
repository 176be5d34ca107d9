SELECT patient, id, day, NULL FROM visits
GROUP BY patient, id ORDER BY patient, day DESC, id DESC LIMIT 2;
