print(records.healthcare_data.countDocuments({}))
