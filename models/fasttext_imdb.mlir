// fastText for the sentiment of film reviews: the mean of the words' vectors, and one logit.
//
// From: Keras' imdb_fasttext (unigrams; Joulin et al., "Bag of tricks for efficient text
// classification", 2016): 50 numbers a word, mean over the review, Adam 0.001, batches of 32,
// 5 epochs. Initialisers are Keras' defaults.
// Scaled down: 3,000 of 25,000 reviews, the last 200 of 400 words of each, the 5,000 most
// frequent words instead of 20,000, so that a run takes about a second on one core.

module @fasttext_imdb attributes {
    dynfault.task = "classification", dynfault.family = "text", dynfault.margin = 0.15,
    dynfault.origin = "Keras imdb_fasttext"} {
  dynfault.dataset @data {source = "imdb-5000-words", train = 3000, validation = 1000}
  dynfault.schedule {epochs = 5, batch_size = 32, shuffle = true}

  torch.global_slot @embedding.weight {dynfault.init = #dynfault.init<uniform, low = -0.05, high = 0.05>} : !torch.vtensor<[5000,50],f32>
  torch.global_slot @fc.weight {dynfault.init = #dynfault.init<xavier_uniform>} : !torch.vtensor<[1,50],f32>
  torch.global_slot @fc.bias {dynfault.init = #dynfault.init<zeros>} : !torch.vtensor<[1],f32>

  func.func @forward(%x: !torch.vtensor<[?,200],si64>) -> !torch.vtensor<[?,1],f32> {
    %int-1 = torch.constant.int -1
    %false = torch.constant.bool false
    %int1 = torch.constant.int 1
    %list_1 = torch.prim.ListConstruct %int1 : (!torch.int) -> !torch.list<int>
    %none = torch.constant.none

    %embedding.weight = torch.global_slot.get @embedding.weight : !torch.vtensor<[5000,50],f32>
    %0 = torch.aten.embedding %embedding.weight, %x, %int-1, %false, %false {dynfault.site = "embedding/embedding"} : !torch.vtensor<[5000,50],f32>, !torch.vtensor<[?,200],si64>, !torch.int, !torch.bool, !torch.bool -> !torch.vtensor<[?,200,50],f32>
    %1 = torch.aten.mean.dim %0, %list_1, %false, %none {dynfault.site = "pool/mean"} : !torch.vtensor<[?,200,50],f32>, !torch.list<int>, !torch.bool, !torch.none -> !torch.vtensor<[?,50],f32>
    %fc.weight = torch.global_slot.get @fc.weight : !torch.vtensor<[1,50],f32>
    %fc.bias = torch.global_slot.get @fc.bias : !torch.vtensor<[1],f32>
    %2 = torch.aten.linear %1, %fc.weight, %fc.bias {dynfault.site = "fc/linear"} : !torch.vtensor<[?,50],f32>, !torch.vtensor<[1,50],f32>, !torch.vtensor<[1],f32> -> !torch.vtensor<[?,1],f32>
    return %2 : !torch.vtensor<[?,1],f32>
  }

  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %none = torch.constant.none
    %int1 = torch.constant.int 1
    %0 = torch.aten.binary_cross_entropy_with_logits %output, %target, %none, %none, %int1 {dynfault.site = "loss"} : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.none, !torch.none, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }

  dynfault.training_step(%x: !torch.vtensor<[?,200],si64>, %target: !torch.vtensor<[?,1],f32>) {
    %output = func.call @forward(%x) : (!torch.vtensor<[?,200],si64>) -> !torch.vtensor<[?,1],f32>
    %loss = func.call @loss(%output, %target) : (!torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32>
    dynfault.zero_grad
    dynfault.backward %loss : !torch.vtensor<[],f32>
    dynfault.optimizer_step #dynfault.optimizer<adam, lr = 0.001>
    dynfault.yield %loss : !torch.vtensor<[],f32>
  }
}
