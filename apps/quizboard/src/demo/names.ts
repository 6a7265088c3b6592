/** First names from many places; players beyond the list share them, and the product numbers what is taken. */
const NAMES = `
Ada Aisha Akira Alma Amara Amir Ana Anders Anil Anna Anouk Arda Asha Astrid Aylin Beatriz Ben Bilal Björn Bruno Camila
Carlos Chen Chidi Chloé Clara Dalia Daniel Deniz Diego Dina Efua Elena Elif Elias Emeka Emil Emma Enzo Esra Eva Fatima
Femi Finn Freya Gabriel Giulia Hana Hassan Helena Hiro Hugo Ibrahim Ida Ilse Imran Ines Ingrid Isaac Ivan Jamal Jana Jin
João Jonas José Julia Kai Kamala Karim Keiko Khadija Kofi Lars Layla Lea Leo Liam Lin Lina Linh Lucas Lucía Luna Mads
Mai Malik Malin Marco Maria Marta Mateo Maya Mei Mia Mila Minh Mira Mohamed Nadia Naomi Nia Niko Nina Noah Nora Olga
Oliver Omar Oscar Pablo Paula Pedro Petra Priya Quynh Rafael Raj Rania Rashid Rita Rosa Ruben Sam Samira Sana Sara Selma
Sofia Soren Stella Sven Tamar Tariq Tessa Theo Thomas Tomás Uma Valentina Vera Viktor Wei Willow Yara Yasmin Yuki Yusuf
Zainab Zara Zeynep Zoë
`
  .trim()
  .split(/\s+/)

export const nameOf = (index: number): string => NAMES[index % NAMES.length] ?? 'Sam'
