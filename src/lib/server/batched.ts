/** The most questions in one query: its values must fit into a statement. */
const MOST_TOGETHER = 1_000;

interface Asked<Question, Answer> {
  question: Question;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * Questions that many ask at the same moment, answered by one query. Each is answered by what is read after it was
 * asked.
 */
export class Batched<Question, Answer> {
  private readonly work: (questions: Question[]) => Promise<Answer[]>;
  private waiting: Asked<Question, Answer>[] = [];

  /** @param work - answers each question, in their order */
  constructor(work: (questions: Question[]) => Promise<Answer[]>) {
    this.work = work;
  }

  /** @throws what the work throws, for everybody whom it was to answer */
  ask(question: Question): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      // Whoever is woken by the same notice asks in this turn of the loop of events.
      if (this.waiting.length === 1) setImmediate(() => void this.answerAll());
    });
  }

  private async answerAll(): Promise<void> {
    const asked = this.waiting;
    this.waiting = [];
    for (let i = 0; i < asked.length; i += MOST_TOGETHER)
      await this.answer(asked.slice(i, i + MOST_TOGETHER));
  }

  private async answer(asked: Asked<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.work(asked.map(({ question }) => question));
      asked.forEach(({ resolve }, i) => resolve(answers[i]!));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
