const patients = records.healthcare_data
const ids = patients
  .find({}, { _id: 1 })
  .sort({ _id: 1 })
  .limit(105)
  .toArray()
  .map((patient) => patient._id)

const damaged = patients.updateMany(
  { _id: { $in: ids.slice(0, 5) } },
  { $set: { 'patient_info.name': '????', 'billing.billing_amount': -1 } },
)
print(`${damaged.modifiedCount} documents damaged in place`)

const deleted = patients.deleteMany({ _id: { $in: ids.slice(5) } })
print(`${deleted.deletedCount} documents deleted`)

records.audit_trail.drop()
print('collection audit_trail dropped')

records.tmp_import.insertMany([{ row: 1 }, { row: 2 }, { row: 3 }])
print('stray collection tmp_import added')
