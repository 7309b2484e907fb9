// Lists of operators and sites, as text, JSON and documentation.

// RUN: dynfault-opt --list-operators | FileCheck %s --check-prefix=OPERATORS
// RUN: dynfault-opt --list-operators=text | FileCheck %s --check-prefix=OPERATORS
// OPERATORS: TCL  change labels (data)
// OPERATORS-NEXT: Gives part of the training rows wrong labels.
// OPERATORS-NEXT: site: the data set
// OPERATORS-NEXT: share=...: share of the most frequent class
// OPERATORS-NEXT: range: 0.03 to 0.6
// OPERATORS-NEXT: low: 0.03 to 0.1; medium: 0.1 to 0.3; high: 0.3 to 0.6
// OPERATORS-NEXT: source: DeepCrime (ISSTA 2021)
// OPERATORS: ACH  change activation (model)
// OPERATORS: low: relu, elu, selu, softplus; medium: tanh, softsign, linear; high: sigmoid, hard_sigmoid, exponential, softmax
// OPERATORS: LCH  change loss (objective)
// OPERATORS: HLR  change learning rate (optimization)
// OPERATORS: range: 1e-04 to 1000
// OPERATORS: low: 0.1 to 0.5 or 2 to 10;

// JSON is JSON, and says the same.
// RUN: dynfault-opt --list-operators=json | %python -m json.tool --compact | FileCheck %s --check-prefix=OPERATORSJSON
// OPERATORSJSON: [{"id":"TCL","name":"change labels","class":"data","description":"{{[^"]+}}","site":"the data set","parameters":[{"name":"share","description":"{{[^"]+}}","type":"number","minimum":0.03,"maximum":0.6,"severities":{"low":{{\[\[}}0.03,0.1]],"medium":{{\[\[}}0.1,0.3]],"high":{{\[\[}}0.3,0.6]]}}],"source":"DeepCrime (ISSTA 2021)"},{"id":
// OPERATORSJSON-SAME: "severities":{"low":["relu","elu","selu","softplus"],

// The page in docs/ is what the command writes now.
// RUN: dynfault-opt --list-operators=markdown | diff %docs/operators.md -

// Sites: only what is possible there. Operators of one class stand together.
// RUN: dynfault-opt %s --list-sites | grep -E "^(TCL|ACH|LCH|HLR) " | FileCheck %s --check-prefix=SITES --match-full-lines
// SITES: TCL  data                     share=0.03..0.6
// SITES-NEXT: ACH  fc1/relu                 to=elu|selu|softplus|tanh|softsign|linear|sigmoid|hard_sigmoid|exponential|softmax
// SITES-NEXT: ACH  named/tanh               to=relu|elu|selu|softplus|softsign|linear|sigmoid|hard_sigmoid|exponential|softmax
// SITES-NEXT: LCH  loss/mse_loss            to=huber|mean_absolute_error|log_cosh|poisson|mean_squared_logarithmic_error|mean_absolute_percentage_error
// SITES-NEXT: HLR  optimizer                factor=1e-04..1000
// SITES-NOT: {{.}}

// RUN: dynfault-opt %s --list-sites=json | %python -m json.tool --compact | FileCheck %s --check-prefix=SITESJSON
// SITESJSON: [{"operator":"TCL","class":"data","site":"data","parameters":[{"name":"share","type":"number","minimum":0.03,"maximum":0.6}]},
// SITESJSON-SAME: {"operator":"ACH","class":"model","site":"fc1/relu","parameters":[{"name":"to","type":"text","choices":["elu",

// Every listed site and choice can be injected.
// RUN: dynfault-opt %s --list-sites=json > %t.json
// RUN: %python %S/Inputs/inject_all.py %t.json %s

// Sites are listed after the passes: here the activation is another one.
// RUN: dynfault-opt %s --dynfault-inject="operator=ACH site=fc1/relu to=tanh" --list-sites | FileCheck %s --check-prefix=AFTER
// AFTER: ACH  fc1/relu                 to=relu|

// Nothing to list is said in words, and in JSON an empty list.
// RUN: echo "module {}" | dynfault-opt --list-sites | FileCheck %s --check-prefix=EMPTY
// EMPTY: no operator applies to this module
// RUN: echo "module {}" | dynfault-opt --list-sites=json | FileCheck %s --check-prefix=EMPTYJSON
// EMPTYJSON: []

// The list of each of these programs is JSON, and in each these operators have a site.
// RUN: for program in %quickstart; do \
// RUN:   dynfault-opt $program --list-sites=json | %python -c "import json, sys; assert {e['operator'] for e in json.load(sys.stdin)} >= {'TCL', 'ACH', 'LCH', 'HLR'}, '$program'" || exit 1; \
// RUN: done

module {
  dynfault.dataset @data {source = "abalone", train = 100, validation = 50}
  torch.global_slot @fc1.weight : !torch.vtensor<[1,4],f32>
  func.func @forward(%x: !torch.vtensor<[?,4],f32>) -> !torch.vtensor<[?,1],f32> {
    %none = torch.constant.none
    %w = torch.global_slot.get @fc1.weight : !torch.vtensor<[1,4],f32>
    %0 = torch.aten.linear %x, %w, %none : !torch.vtensor<[?,4],f32>, !torch.vtensor<[1,4],f32>, !torch.none -> !torch.vtensor<[?,1],f32>
    %1 = torch.aten.relu %0 : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    %2 = torch.aten.tanh %1 {dynfault.site = "named/tanh"} : !torch.vtensor<[?,1],f32> -> !torch.vtensor<[?,1],f32>
    return %2 : !torch.vtensor<[?,1],f32>
  }
  func.func @loss(%output: !torch.vtensor<[?,1],f32>, %target: !torch.vtensor<[?,1],f32>) -> !torch.vtensor<[],f32> {
    %mean = torch.constant.int 1
    %0 = torch.aten.mse_loss %output, %target, %mean : !torch.vtensor<[?,1],f32>, !torch.vtensor<[?,1],f32>, !torch.int -> !torch.vtensor<[],f32>
    return %0 : !torch.vtensor<[],f32>
  }
  dynfault.training_step(%x: !torch.tensor, %target: !torch.tensor) {
    dynfault.optimizer_step #dynfault.optimizer<sgd, lr = 0.1>
    dynfault.yield %x : !torch.tensor
  }
}
