import type { KindDefinition } from './kind.js';

/**
 * What the law protects above the rest (GDPR article 9): health, belief, origin, biometrics. It describes a person and
 * does not name one, so its class is `quasi`; the biometric template names one.
 */
export const sensitiveKinds: KindDefinition[] = [
  {
    kind: 'health',
    title: 'the health of a person',
    class: 'quasi',
    types: ['text', 'number'],
    context: 'little',
    strong: {
      en: 'diagnosis, diagnoses, diagnosis code, primary diagnosis, primary diagnosis code, diagnosis text, diag cd, diag code, icd code, icd 10, icd 10 code, icd 9, blood type, blood group, allergies, allergy, medical history, medical condition, medical conditions, medical notes, clinical notes, disability, disability status, disability type, disability code, hiv status, pregnancy status, pregnant, symptoms, vaccination status, mental health, health condition, health status patient, chronic condition, treatment notes',
      es: 'diagnostico, alergias, grupo sanguineo, enfermedad, enfermedades, discapacidad, antecedentes medicos',
      fr: 'diagnostic medical, allergies, groupe sanguin, maladie, handicap, antecedents medicaux',
      de: 'diagnose, diagnosen, diagnosecode, allergien, blutgruppe, krankheit, behinderung, medikamente, vorerkrankungen, schwerbehinderung',
      pt: 'alergias, grupo sanguineo, tipo sanguineo, doenca, deficiencia, historico medico',
      it: 'diagnosi, allergie, gruppo sanguigno, malattia, disabilita, patologie',
      nl: 'allergieen, bloedgroep, ziekte, handicap, diagnose',
      id: 'golongan darah, riwayat penyakit, alergi, penyakit, diagnosa',
      pl: 'diagnoza, alergie, grupa krwi, choroba, niepelnosprawnosc, rozpoznanie',
      tr: 'kan grubu, tani, teshis, alerji, hastalik, engel durumu',
      sv: 'diagnos, allergier, blodgrupp, sjukdom, funktionsnedsattning',
    },
    weak: { es: 'diagnostico', fr: 'diagnostic', en: 'medication, medications, prescription text' },
    against: { en: 'diagnosis count, diagnosis type, allergy type, diagnosis date, diagnostic code system' },
  },
  {
    kind: 'special_category',
    title: 'the origin, belief or conviction of a person',
    class: 'quasi',
    types: ['text', 'number'],
    context: 'little',
    strong: {
      en: 'ethnicity, ethnic group, ethnic origin, ethnic background, race ethnicity, race code, religion, religious affiliation, religious belief, religious denomination, political party, political affiliation, party affiliation, political opinion, sexual orientation, union member, union membership, trade union membership, caste, criminal record, criminal history, criminal convictions',
      es: 'etnia, religion, orientacion sexual, afiliacion politica, afiliacion sindical, antecedentes penales',
      fr: 'ethnie, religion, confession religieuse, orientation sexuelle, casier judiciaire, appartenance syndicale',
      de: 'religion, konfession, ethnie, sexuelle orientierung, gewerkschaft, religionszugehorigkeit, religionszugehoerigkeit, gewerkschaftszugehorigkeit, vorstrafen',
      pt: 'etnia, raca, raca cor, cor raca, religiao, orientacao sexual',
      it: 'etnia, religione, orientamento sessuale',
      nl: 'etniciteit, religie, geloof, geaardheid',
      id: 'agama, suku, etnis',
      pl: 'wyznanie, religia, pochodzenie etniczne',
      tr: 'din, mezhep, etnik koken',
      sv: 'religion, etnicitet, trosuppfattning',
    },
    weak: { en: 'race' },
    against: { en: 'race condition, race date, race name, race number, religion count' },
  },
  {
    kind: 'biometric',
    title: 'a biometric template',
    class: 'direct',
    types: ['text', 'binary', 'document', 'number', 'other'],
    context: 'little',
    strong: {
      en: 'biometric, biometric template, biometric data, biometric hash, face embedding, face encoding, face template, face vector, face descriptor, facial template, fingerprint template, fingerprint data, fingerprint image, iris template, iris scan, voiceprint, voice embedding, palm print, dna profile, genetic data, retina scan',
      es: 'huella dactilar, plantilla biometrica',
      fr: 'empreinte digitale',
      de: 'fingerabdruck, gesichtsvorlage',
      pt: 'impressao digital, biometria',
      it: 'impronta digitale',
      nl: 'vingerafdruk',
      id: 'sidik jari',
      pl: 'odcisk palca',
      tr: 'parmak izi',
      sv: 'fingeravtryck',
    },
    against: { en: 'biometric enabled, biometric type, biometric status, biometric consent' },
  },
];
