/** What the columns of the data set are made of. */

export const COLUMNS = [
  'Name',
  'Age',
  'Gender',
  'Blood Type',
  'Medical Condition',
  'Date of Admission',
  'Doctor',
  'Hospital',
  'Insurance Provider',
  'Billing Amount',
  'Room Number',
  'Admission Type',
  'Discharge Date',
  'Medication',
  'Test Results',
]

export const FIRST_NAMES = {
  Male: words(`James Robert John Michael David William Richard Joseph Thomas Christopher Charles Daniel Matthew
    Anthony Mark Donald Steven Andrew Paul Joshua Kenneth Kevin Brian George Timothy Ronald Jason Edward Jeffrey
    Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Alexander
    Patrick Frank Raymond Jack Dennis Jerry Tyler Aaron Jose Adam Nathan Henry Zachary Douglas Peter Kyle Bobby`),
  Female:
    words(`Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Karen Sarah Lisa Nancy Sandra Ashley
    Emily Kimberly Betty Margaret Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Sharon Laura
    Cynthia Dorothy Amy Kathleen Angela Shirley Emma Brenda Pamela Nicole Anna Samantha Katherine Christine Debra
    Rachel Carolyn Janet Maria Olivia Heather Helen Catherine Diane Julie Victoria Joyce Lauren Kelly Christina`),
}

export const LAST_NAMES =
  words(`Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez
  Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark
  Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker
  Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes
  Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos
  Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo
  Sanders Patel Myers Long Ross Foster Jimenez O'Brien O'Connor Smith-Jones Vang`)

export const TITLES = ['Mr.', 'Mrs.', 'Ms.', 'Dr.']
export const SUFFIXES = ['MD', 'Jr.', 'DDS', 'PhD']
export const GENDERS = ['Male', 'Female']
export const BLOOD_TYPES = ['A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-']
export const CONDITIONS = ['Arthritis', 'Asthma', 'Cancer', 'Diabetes', 'Hypertension', 'Obesity']
export const INSURERS = ['Aetna', 'Blue Cross', 'Cigna', 'Medicare', 'UnitedHealthcare']
export const ADMISSIONS = ['Elective', 'Emergency', 'Urgent']
export const MEDICATIONS = ['Aspirin', 'Ibuprofen', 'Lipitor', 'Paracetamol', 'Penicillin']
export const RESULTS = ['Abnormal', 'Inconclusive', 'Normal']
export const COMPANY_FORMS = ['Inc', 'PLC', 'LLC', 'Ltd', 'Group']

function words(text) {
  return text.trim().split(/\s+/)
}
