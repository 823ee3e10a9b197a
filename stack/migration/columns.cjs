'use strict'

/** The columns of the source, in its order: what they hold and how they are cleaned. */
exports.COLUMNS = [
  { name: 'Name', type: 'string', clean: 'name' },
  { name: 'Age', type: 'int' },
  { name: 'Gender', type: 'string' },
  { name: 'Blood Type', type: 'string' },
  { name: 'Medical Condition', type: 'string' },
  { name: 'Date of Admission', type: 'date' },
  { name: 'Doctor', type: 'string', clean: 'name' },
  { name: 'Hospital', type: 'string', clean: 'commas' },
  { name: 'Insurance Provider', type: 'string' },
  { name: 'Billing Amount', type: 'double' },
  { name: 'Room Number', type: 'int' },
  { name: 'Admission Type', type: 'string' },
  { name: 'Discharge Date', type: 'date' },
  { name: 'Medication', type: 'string' },
  { name: 'Test Results', type: 'string' },
]

/** Where each column goes in a document. */
const SHAPE = {
  patient_info: { name: 'Name', age: 'Age', gender: 'Gender', blood_type: 'Blood Type' },
  medical_details: {
    medical_condition: 'Medical Condition',
    medication: 'Medication',
    test_results: 'Test Results',
  },
  admission_details: {
    admission_date: 'Date of Admission',
    admission_type: 'Admission Type',
    room_number: 'Room Number',
    discharge_date: 'Discharge Date',
  },
  hospital_info: { hospital: 'Hospital', doctor: 'Doctor' },
  billing: { insurance_provider: 'Insurance Provider', billing_amount: 'Billing Amount' },
}

/** The same, flat and in the order of the document: { group, field, path, type, at: index of the column }. */
exports.FIELDS = Object.entries(SHAPE).flatMap(([group, fields]) =>
  Object.entries(fields).map(([field, name]) => {
    const at = exports.COLUMNS.findIndex((column) => column.name === name)
    return { group, field, path: `${group}.${field}`, type: exports.COLUMNS[at].type, at }
  }),
)
